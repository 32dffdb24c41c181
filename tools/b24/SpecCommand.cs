using System.CommandLine;
using Newtonsoft.Json.Linq;

namespace Bitrix24.CommandLine;

/// <summary>The command <c>b24 spec</c>.</summary>
internal static class SpecCommand
{
    private const string DefaultFile = "spec/bitrix24.openapi.yaml";

    public static Command Create() => new("spec", "The OpenAPI document that the client is generated from.") { Lint() };

    private static Command Lint()
    {
        var file = new Argument<string>("file") { Description = "The document.", DefaultValueFactory = _ => DefaultFile };
        var json = new Option<bool>("--json") { Description = "Prints a JSON object for each finding, for machines." };
        var command = new Command("lint", "Checks a document as the tests of this project do, and says what to do about what it finds.\n\nExample:\n  b24 spec lint spec/bitrix24.openapi.yaml") { file, json };
        command.SetAction(async (result, _) =>
        {
            var output = result.InvocationConfiguration.Output;
            var report = new Report(output, result.InvocationConfiguration.Error, result.GetValue(json));
            try
            {
                var path = result.GetRequiredValue(file);
                var findings = await SpecLint.CheckAsync(await LoadAsync(path).ConfigureAwait(false)).ConfigureAwait(false);
                foreach (var finding in findings)
                {
                    report.Result(ToJson(path, finding), finding.Sentence(path));
                }

                report.Note(findings.Count == 0 ? $"{path}: nothing found." : FormattableString.Invariant($"{path}: {findings.Count} found."));
                return findings.Count == 0 ? ExitCode.Done : ExitCode.Findings;
            }
            catch (Exception exception)
            {
                report.Failure(exception);
                return ExitCode.Of(exception);
            }
        });
        return command;
    }

    private static async Task<SpecDocument> LoadAsync(string path)
    {
        try
        {
            return await SpecDocument.LoadAsync(path).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new UsageException($"{path} cannot be read: {exception.Message}");
        }
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
