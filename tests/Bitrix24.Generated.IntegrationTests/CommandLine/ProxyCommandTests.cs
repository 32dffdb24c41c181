using System.Diagnostics;
using System.Globalization;
using Bitrix24.CommandLine;

namespace Bitrix24.Tests;

/// <summary>Runs the tool in a separate process whose environment contains a proxy that rejects all connections.</summary>
public sealed class ProxyCommandTests
{
    [Theory]
    [InlineData("HTTPS_PROXY")]
    [InlineData("https_proxy")]
    [InlineData("ALL_PROXY")]
    public async Task Proxy_password_appears_neither_in_output_nor_in_report(string variable)
    {
        using var proxy = new RefusingProxy();
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "lists.csv");
        await File.WriteAllTextAsync(file, "type,ids\ncontact,9\n");
        string[] arguments = [typeof(CommandLineTool).Assembly.Location, "calllist", "import", file, "--max-attempts", "1"];
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in new[] { "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY" })
        {
            start.Environment[name] = start.Environment[name.ToLowerInvariant()] = null;
        }

        start.Environment[variable] = string.Create(CultureInfo.InvariantCulture, $"http://svc:S3cret%21@127.0.0.1:{proxy.Port}");
        start.Environment["BITRIX24_WEBHOOK_URL"] = "https://acme.example/rest/1/Pl4nt3dS3cr3t/";

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        var report = await File.ReadAllTextAsync(file + ".report.csv");
        Assert.Contains("NotCreated", report, StringComparison.Ordinal);
        Assert.Contains("407", report, StringComparison.Ordinal);
        Assert.DoesNotContain("S3cret", report + await output + await error, StringComparison.Ordinal);

        // The password is still sent to the proxy.
        const string Authorization = "Proxy-Authorization: Basic c3ZjOlMzY3JldCE=";
        Assert.Contains(proxy.Requests, request => request.Contains(Authorization, StringComparison.Ordinal));
    }
}
