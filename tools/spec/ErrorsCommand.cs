using System.CommandLine;

namespace Bitrix24.Specs;

/// <summary>Creates the command <c>errors</c>.</summary>
internal static class ErrorsCommand
{
    public static Command Create()
    {
        var page = new Argument<string>("page") { Description = "The page to update.", DefaultValueFactory = _ => "docs/errors.md" };
        var spec = new Option<string>("--spec")
        {
            Description = "The folder of the spec, or one document.",
            DefaultValueFactory = _ => SpecTool.DefaultSpec,
            HelpName = "path",
        };
        var command = new Command(
            "errors",
            """
            Writes the error catalog of the spec into a page of the documentation.

            Example:
              dotnet run --project tools/spec -- errors docs/errors.md
            """) { page, spec };
        command.SetReportedAction(json: null, async (result, report, cancellationToken) =>
        {
            var (path, source) = (result.GetRequiredValue(page), result.GetRequiredValue(spec));
            var document = await InputFile.ReadAsync(source, () => SpecDocument.LoadAsync(source)).ConfigureAwait(false);
            var text = await InputFile.ReadAsync(path, () => File.ReadAllTextAsync(path, cancellationToken)).ConfigureAwait(false);
            var updated = ErrorTable.PutInto(text.ReplaceLineEndings("\n"), document);
            await File.WriteAllTextAsync(path, updated, cancellationToken).ConfigureAwait(false);
            report.Note(FormattableString.Invariant($"{path}: {document.ErrorColumn("enum").Length} codes."));
            return ExitCode.Done;
        });
        return command;
    }
}
