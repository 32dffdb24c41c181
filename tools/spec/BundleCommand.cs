using System.CommandLine;

namespace Bitrix24.Specs;

/// <summary>The command <c>bundle</c>.</summary>
internal static class BundleCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("spec")
        {
            Description = "The folder of the spec.",
            DefaultValueFactory = _ => SpecTool.DefaultSpec,
        };
        var output = new Option<string>("--output")
        {
            Description = "The file to write the document to.",
            Required = true,
            HelpName = "path",
        };
        var command = new Command(
            "bundle",
            """
            Writes the files of a spec as one document, for other tools. Comments tell the file and line of what follows them.

            Example:
              dotnet run --project tools/spec -- bundle --output openapi.yaml
            """) { folder, output };
        command.SetReportedAction(json: null, async (result, report, cancellationToken) =>
        {
            var (path, target) = (result.GetRequiredValue(folder), result.GetRequiredValue(output));
            var bundle = await InputFile.ReadAsync(path, () => Task.FromResult(SpecBundle.Read(path))).ConfigureAwait(false);
            LintCommand.WriteFindings(report, bundle.Problems.Select(SpecLint.Finding));
            if (bundle.Problems.Count > 0)
            {
                return ExitCode.Findings;
            }

            await File.WriteAllTextAsync(target, bundle.Text, cancellationToken).ConfigureAwait(false);
            report.Note($"{target} written.");
            return ExitCode.Done;
        });
        return command;
    }
}
