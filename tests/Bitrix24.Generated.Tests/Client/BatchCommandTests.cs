using System.Globalization;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Tests;

/// <summary>Commands as PHP reads them back.</summary>
public sealed class BatchCommandTests
{
    [Theory]
    [InlineData("")]
    [InlineData("?a=1")]
    [InlineData("user.current?a=1")]
    [InlineData("&user")]
    [InlineData("/user")]
    [InlineData("#user")]
    [InlineData("user current")]
    public void What_is_no_name_of_a_method_is_refused(string method)
    {
        var exception = Assert.Throws<ArgumentException>(nameof(method), () => BatchCommand.Call(method));

        Assert.StartsWith("This is no name of a method; one looks like user.current.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_are_written_as_PHP_takes_them()
    {
        var command = BatchCommand.Call("x", new JObject
        {
            ["yes"] = true,
            ["no"] = false,
            ["number"] = 0.1,
            ["large"] = 1e300,
            ["nothing"] = null,
            ["moment"] = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2)),
            ["bytes"] = new byte[] { 1, 2 },
            ["text"] = "a b&c=d[e]\u00e9",
            ["list"] = new JArray(1, new JArray(2, new JObject { ["a b"] = 3 })),
        });

        Assert.Equal(
            $"x?yes=1&no=0&number=0.1&large={Uri.EscapeDataString(1e300.ToString("R", CultureInfo.InvariantCulture))}&nothing=&moment=2026-01-02T03%3A04%3A05%2B02%3A00&bytes=AQI%3D&text=a%20b%26c%3Dd%5Be%5D%C3%A9&list[0]=1&list[1][0]=2&list[1][1][a%20b]=3",
            command);
    }

    [Fact]
    public void What_a_query_cannot_hold_is_refused_by_name()
    {
        Refused("The parameters cannot be written as a command: list is an empty list, which the query of a command cannot hold. Leave it out,", new { list = Array.Empty<int>() });
        Refused("The parameters cannot be written as a command: a[b is a name with brackets,", new Dictionary<string, int> { ["a[b"] = 1 });
        Refused("The parameters cannot be written as a command: ]a is a name with brackets,", new Dictionary<string, int> { ["]a"] = 1 });
        Refused("The parameters cannot be written as a command: ", new[] { 1 });

        static void Refused(string words, object parameters) =>
            Assert.StartsWith(words, Assert.Throws<ArgumentException>(nameof(parameters), () => BatchCommand.Call("x", parameters)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user.current", "user.current", 0)]
    [InlineData("user&current", "user&current", 0)]
    [InlineData("?a=1", "", 1)]
    [InlineData("x?a=1", "x", 1)]
    [InlineData("x?a=1&b=2&c=3", "x", 3)]
    public void Commands_are_taken_apart(string command, string method, int parameters) =>
        Assert.Equal((method, parameters), (BatchCommand.MethodOf(command), BatchCommand.CountParameters(command)));

    [Fact]
    public void Method_without_parameters_is_its_name() => Assert.Equal(("x", "x"), (BatchCommand.Call("x"), BatchCommand.Call("x", new { })));
}
