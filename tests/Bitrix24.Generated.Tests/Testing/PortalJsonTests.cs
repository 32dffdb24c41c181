using Bitrix24.Testing;
using Newtonsoft.Json;

namespace Bitrix24.Tests;

[Collection(nameof(AloneCollection))]
public sealed class PortalJsonTests
{
    [Fact]
    public async Task Default_settings_of_the_application_do_not_change_results()
    {
        using var portal = SimulatedPortal.Start();
        portal.AddMethod("x", _ => new { Name = "Ada", Lists = new[] { new { Id = 1, Note = (string?)null } } });
        using var http = new HttpClient();
        var before = JsonConvert.DefaultSettings;
        JsonConvert.DefaultSettings = () => new JsonSerializerSettings
        {
            TypeNameHandling = TypeNameHandling.All,
            NullValueHandling = NullValueHandling.Ignore,
            Formatting = Formatting.Indented,
        };
        try
        {
            Assert.StartsWith(
                """{"result":{"Name":"Ada","Lists":[{"Id":1,"Note":null}]},"time":{"start":""",
                await http.GetStringAsync(new Uri(portal.WebhookUrl + "x")),
                StringComparison.Ordinal);
        }
        finally
        {
            JsonConvert.DefaultSettings = before;
        }
    }
}
