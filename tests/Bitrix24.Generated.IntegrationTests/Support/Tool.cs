using Bitrix24.CommandLine;
using Bitrix24.Specs;

namespace Bitrix24.Tests;

/// <summary>Runs the tools in this process.</summary>
internal static class Tool
{
    public static Task<(int ExitCode, string Output, string Error)> RunAsync(
        Dictionary<string, string> variables,
        params string[] arguments
    ) => CaptureAsync((output, error) => CommandLineTool.RunAsync(arguments, output, error, variables.GetValueOrDefault));

    /// <summary>Runs <c>tools/spec</c>.</summary>
    public static Task<(int ExitCode, string Output, string Error)> RunSpecAsync(params string[] arguments) =>
        CaptureAsync((output, error) => SpecTool.RunAsync(arguments, output, error));

    private static async Task<(int ExitCode, string Output, string Error)> CaptureAsync(Func<TextWriter, TextWriter, Task<int>> run)
    {
        await using var output = new StringWriter { NewLine = "\n" };
        await using var error = new StringWriter { NewLine = "\n" };
        var exitCode = await run(output, error);
        return (exitCode, output.ToString(), error.ToString());
    }
}
