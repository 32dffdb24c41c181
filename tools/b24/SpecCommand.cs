using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Newtonsoft.Json.Linq;

namespace Bitrix24.CommandLine;

/// <summary>The command <c>b24 spec</c>.</summary>
internal static class SpecCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private const string DefaultFile = "spec/bitrix24.openapi.yaml";

    public static Command Create() => new("spec", "The OpenAPI document that the client is generated from.") { Lint(), Errors(), Rest3() };

    private static Command Lint()
    {
        var file = new Argument<string>("file") { Description = "The document.", DefaultValueFactory = _ => DefaultFile };
        var json = new Option<bool>("--json") { Description = "Prints a JSON object for each finding, for machines." };
        var command = new Command("lint", "Checks a document as the tests of this project do, and says what to do about what it finds.\n\nExample:\n  b24 spec lint spec/bitrix24.openapi.yaml") { file, json };
        command.SetReportedAction(json, async (result, report, _) =>
        {
            var path = result.GetRequiredValue(file);
            var findings = await SpecLint.CheckAsync(await LoadAsync(path).ConfigureAwait(false)).ConfigureAwait(false);
            foreach (var finding in findings)
            {
                report.Result(ToJson(path, finding), finding.Sentence(path));
            }

            report.Note(findings.Count == 0 ? $"{path}: nothing found." : FormattableString.Invariant($"{path}: {findings.Count} found."));
            return findings.Count == 0 ? ExitCode.Done : ExitCode.Findings;
        });
        return command;
    }

    private static Command Errors()
    {
        var page = new Argument<string>("page") { Description = "The page.", DefaultValueFactory = _ => "docs/errors.md" };
        var spec = new Option<string>("--spec") { Description = "The document.", DefaultValueFactory = _ => DefaultFile, HelpName = "path" };
        var command = new Command("errors", "Puts the error catalogue of a document into the page that shows it.\n\nExample:\n  b24 spec errors docs/errors.md") { page, spec };
        command.SetReportedAction(json: null, async (result, report, cancellationToken) =>
        {
            var path = result.GetRequiredValue(page);
            var document = await LoadAsync(result.GetRequiredValue(spec)).ConfigureAwait(false);
            await File.WriteAllTextAsync(path, ErrorTable.PutInto(await ReadAsync(path, cancellationToken).ConfigureAwait(false), document), cancellationToken).ConfigureAwait(false);
            report.Note($"{path}: {document.ErrorColumn("enum").Length.ToString(CultureInfo.InvariantCulture)} codes.");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Rest3()
    {
        var file = new Argument<string>("file") { Description = "The document that the portal's method rest.documentation.openapi has answered." };
        var output = new Option<string>("--output") { Description = "Where the prepared document is written to.", Required = true, HelpName = "path" };
        var command = new Command("rest3", "Prepares a portal's own document of REST 3.0 for the generation.\n\nExample:\n  b24 spec rest3 portal.openapi.json --output rest3.openapi.json") { file, output };
        command.SetReportedAction(json: null, async (result, report, cancellationToken) =>
        {
            var prepared = await PrepareAsync(result.GetRequiredValue(file), cancellationToken).ConfigureAwait(false);
            await File.WriteAllTextAsync(result.GetRequiredValue(output), prepared.ToJsonString(Indented), cancellationToken).ConfigureAwait(false);
            report.Note(FormattableString.Invariant($"{prepared["paths"]!.AsObject().Count} methods prepared. Build with -p:Rest3Document={result.GetRequiredValue(output)}"));
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<JsonObject> PrepareAsync(string path, CancellationToken cancellationToken)
    {
        var text = await ReadAsync(path, cancellationToken).ConfigureAwait(false);
        try
        {
            return Rest3Document.Prepare(JsonNode.Parse(text));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new UsageException($"{path} cannot be read: {exception.Message}");
        }
    }

    private static async Task<string> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return (await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false)).ReplaceLineEndings("\n");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path} cannot be read: {exception.Message}");
        }
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
