using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bitrix24.Specs;

/// <summary>Creates the command <c>rest3</c>.</summary>
internal static class Rest3Command
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create()
    {
        var file = new Argument<string>("file")
        {
            Description = "The document that the portal's method rest.documentation.openapi returned.",
        };
        var output = new Option<string>("--output")
        {
            Description = "The file to write the prepared document to.",
            Required = true,
            HelpName = "path",
        };
        var command = new Command(
            "rest3",
            """
            Prepares a portal's own document of REST 3.0 for the generator.

            Example:
              dotnet run --project tools/spec -- rest3 portal.openapi.json --output rest3.openapi.json
            """) { file, output };
        command.SetReportedAction(json: null, async (result, report, cancellationToken) =>
        {
            var (source, target) = (result.GetRequiredValue(file), result.GetRequiredValue(output));
            var prepared = await InputFile.ReadAsync(source, () => PrepareAsync(source, cancellationToken)).ConfigureAwait(false);
            await File.WriteAllTextAsync(target, prepared.ToJsonString(Indented), cancellationToken).ConfigureAwait(false);
            report.Note(FormattableString.Invariant(
                $"{prepared["paths"]!.AsObject().Count} methods prepared. Build with -p:Rest3Document={target}"));
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<JsonObject> PrepareAsync(string path, CancellationToken cancellationToken) =>
        Rest3Document.Prepare(JsonNode.Parse(await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false)));
}
