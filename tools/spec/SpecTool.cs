using System.CommandLine;

namespace Bitrix24.Specs;

/// <summary>Runs the tool.</summary>
internal static class SpecTool
{
    public const string DefaultSpec = "spec/bitrix24.openapi.yaml";

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var root = new RootCommand(
            """
            Maintains the OpenAPI document that the client is generated from.

            Examples:
              dotnet run --project tools/spec -- lint
              dotnet run --project tools/spec -- errors
              dotnet run --project tools/spec -- rest3 portal.openapi.json --output rest3.openapi.json

            Exit codes:
              0    success
              1    unexpected failure
              2    wrong arguments or an unreadable file
              11   problems in the document
              130  canceled
            """)
        {
            LintCommand.Create(),
            ErrorsCommand.Create(),
            Rest3Command.Create(),
        };
        return await Arguments.ParseAsync(root, args, error).ConfigureAwait(false) is { } parsed
            ? await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error }).ConfigureAwait(false)
            : ExitCode.Usage;
    }
}
