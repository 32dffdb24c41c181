using System.CommandLine;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Specs;

/// <summary>Creates the command <c>lint</c>.</summary>
internal static class LintCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "The OpenAPI document.", DefaultValueFactory = _ => SpecTool.DefaultSpec };
        var json = new Option<bool>("--json") { Description = "Prints a JSON object for each problem." };
        var command = new Command(
            "lint",
            """
            Checks the OpenAPI document with the rules that the tests use, and explains how to correct each problem.

            Example:
              dotnet run --project tools/spec -- lint spec/bitrix24.openapi.yaml
            """) { file, json };
        command.SetReportedAction(json, async (result, report, _) =>
        {
            var path = result.GetRequiredValue(file);
            var spec = await InputFile.ReadAsync(path, () => SpecDocument.LoadAsync(path)).ConfigureAwait(false);
            var findings = await SpecLint.CheckAsync(spec).ConfigureAwait(false);
            foreach (var finding in findings)
            {
                report.Result(ToJson(path, finding), finding.Sentence(path));
            }

            report.Note(findings.Count == 0 ? $"{path}: no problems." : FormattableString.Invariant($"{path}: {findings.Count} problems."));
            return findings.Count == 0 ? ExitCode.Done : ExitCode.Findings;
        });
        return command;
    }

    private static JObject ToJson(string path, SpecFinding finding) => new()
    {
        ["file"] = path,
        ["line"] = finding.Line,
        ["rule"] = finding.Rule,
        ["place"] = finding.Place,
        ["problem"] = finding.Problem,
        ["remedy"] = finding.Remedy,
    };
}
