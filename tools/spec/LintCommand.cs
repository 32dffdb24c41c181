using System.CommandLine;
using Newtonsoft.Json.Linq;

namespace Bitrix24.Specs;

/// <summary>Creates the command <c>lint</c>.</summary>
internal static class LintCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("spec")
        {
            Description = "The folder of the spec, or one document.",
            DefaultValueFactory = _ => SpecTool.DefaultSpec,
        };
        var json = new Option<bool>("--json") { Description = "Prints a JSON object for each problem." };
        var command = new Command(
            "lint",
            """
            Checks the spec with the rules that the tests use, and explains how to correct each problem.

            Example:
              dotnet run --project tools/spec -- lint
            """) { folder, json };
        command.SetReportedAction(json, async (result, report, _) =>
        {
            var path = result.GetRequiredValue(folder);
            var findings = await InputFile.ReadAsync(path, () => SpecLint.CheckAsync(SpecBundle.Read(path), path)).ConfigureAwait(false);
            WriteFindings(report, findings);
            report.Note(findings.Count == 0 ? $"{path}: no problems." : FormattableString.Invariant($"{path}: {findings.Count} problems."));
            return findings.Count == 0 ? ExitCode.Done : ExitCode.Findings;
        });
        return command;
    }

    public static void WriteFindings(Report report, IEnumerable<SpecFinding> findings)
    {
        foreach (var finding in findings)
        {
            report.Result(ToJson(finding), finding.Sentence());
        }
    }

    private static JObject ToJson(SpecFinding finding) => new()
    {
        ["file"] = finding.File,
        ["line"] = finding.Line,
        ["rule"] = finding.Rule,
        ["place"] = finding.Place,
        ["problem"] = finding.Problem,
        ["remedy"] = finding.Remedy,
    };
}
