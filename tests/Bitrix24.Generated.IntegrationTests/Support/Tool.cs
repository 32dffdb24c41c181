using Bitrix24.CommandLine;

namespace Bitrix24.Tests;

/// <summary>Runs the tool in this process.</summary>
internal static class Tool
{
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(Dictionary<string, string> variables, params string[] arguments)
    {
        await using var output = new StringWriter { NewLine = "\n" };
        await using var error = new StringWriter { NewLine = "\n" };
        var exitCode = await CommandLineTool.RunAsync(arguments, output, error, variables.GetValueOrDefault);
        return (exitCode, output.ToString(), error.ToString());
    }
}
