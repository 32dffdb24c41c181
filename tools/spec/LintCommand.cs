using System.CommandLine;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Specs;

/// <summary>The command <c>lint</c>.</summary>
internal static class LintCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "The document.", DefaultValueFactory = _ => SpecTool.DefaultSpec };
        var json = new Option<bool>("--json") { Description = "Prints a JSON object for each finding, for machines." };
        var command = new Command(
            "lint",
            """
            Checks a document by the rules that the tests of this project use, and says how to correct each finding.

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

            report.Note(findings.Count == 0 ? $"{path}: nothing found." : FormattableString.Invariant($"{path}: {findings.Count} found."));
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
