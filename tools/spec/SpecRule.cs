namespace Bitrix24.Specs;

/// <summary>Represents a rule for the document.</summary>
/// <param name="Name">The name of the rule.</param>
/// <param name="Check">Finds the problems.</param>
internal sealed record SpecRule(string Name, Func<SpecDocument, IAsyncEnumerable<SpecFinding>> Check)
{
    public static SpecRule Of(string name, Func<SpecDocument, IEnumerable<SpecFinding>> check) =>
        new(name, spec => check(spec).ToAsyncEnumerable());

    public override string ToString() => Name;
}
