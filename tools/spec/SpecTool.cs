using System.CommandLine;

namespace Bitrix24.Specs;

/// <summary>Runs the tool.</summary>
internal static class SpecTool
{
    public const string DefaultSpec = "spec";

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var root = new RootCommand(
            """
            Maintains the spec that the client is generated from.

            Examples:
              dotnet run --project tools/spec -- lint
              dotnet run --project tools/spec -- bundle --output openapi.yaml
              dotnet run --project tools/spec -- errors
              dotnet run --project tools/spec -- rest3 portal.openapi.json --output rest3.openapi.json

            Exit codes:
              0    success
              1    unexpected failure
              2    wrong arguments or an unreadable file
              11   problems in the spec
              130  canceled
            """)
        {
            LintCommand.Create(),
            BundleCommand.Create(),
            ErrorsCommand.Create(),
            Rest3Command.Create(),
        };
        return await Arguments.ParseAsync(root, args, error).ConfigureAwait(false) is { } parsed
            ? await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error }).ConfigureAwait(false)
            : ExitCode.Usage;
    }
}
