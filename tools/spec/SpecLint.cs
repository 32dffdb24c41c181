namespace Bitrix24.Specs;

/// <summary>
/// Applies all rules to a document: for mistakes that the generator would silently ignore, and for conventions of this project.
/// </summary>
internal static class SpecLint
{
    public static IReadOnlyList<SpecRule> Rules { get; } =
    [
        SpecRule.Of("valid-openapi", DocumentRules.Validity),
        SpecRule.Of("known-words", DocumentRules.Words),
        SpecRule.Of("unique-names", DocumentRules.Names),
        SpecRule.Of("operation-described", OperationRules.Descriptions),
        SpecRule.Of("operation-bodies", OperationRules.Bodies),
        SpecRule.Of("idempotence-stated", OperationRules.Idempotence),
        SpecRule.Of("response-size", OperationRules.ResponseSizes),
        SpecRule.Of("known-types", SchemaRules.Types),
        SpecRule.Of("schema-generable", SchemaRules.Generable),
        new("examples-valid", ExampleRules.Validity),
        SpecRule.Of("examples-used", ExampleRules.Use),
        SpecRule.Of("catalog-consistent", CatalogRules.Consistency),
        SpecRule.Of("catalog-complete", CatalogRules.Completeness),
    ];

    /// <summary>Returns what is wrong with a spec. Files that are not one document are all that a bundle is checked for.</summary>
    /// <param name="bundle">The files of the spec.</param>
    /// <param name="path">Their folder or file.</param>
    public static async Task<IReadOnlyList<SpecFinding>> CheckAsync(SpecBundle bundle, string path) => bundle.Problems.Count > 0
        ? [.. bundle.Problems.Select(Finding)]
        : await CheckAsync(await SpecDocument.LoadAsync(bundle, path).ConfigureAwait(false), path).ConfigureAwait(false);

    /// <summary>Returns a problem of a bundle as a finding.</summary>
    public static SpecFinding Finding(SpecBundle.Problem problem) =>
        new([], problem.Text, problem.Remedy) { Rule = "one-document", File = problem.File, Line = problem.Line };

    private static async Task<IReadOnlyList<SpecFinding>> CheckAsync(SpecDocument spec, string path)
    {
        var lines = new SpecLines(spec.Text);
        var findings = new List<SpecFinding>();
        foreach (var rule in Rules)
        {
            await foreach (var finding in rule.Check(spec).ConfigureAwait(false))
            {
                var (file, line) = finding.Line is null && lines.Of(finding.Path) is null
                    ? (path, (int?)null)
                    : spec.Bundle.Locate(finding.Line ?? lines.Of(finding.Path) ?? 1);
                findings.Add(finding with { Rule = rule.Name, File = file, Line = line });
            }
        }

        return [.. findings.OrderBy(finding => finding.File, StringComparer.Ordinal).ThenBy(finding => finding.Line ?? 0)];
    }
}
