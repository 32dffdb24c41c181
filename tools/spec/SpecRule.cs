namespace Bitrix24.Specs;

/// <summary>One check of a spec.</summary>
/// <param name="Name">What the findings are named after.</param>
/// <param name="Check">Looks for what is wrong.</param>
internal sealed record SpecRule(string Name, Func<SpecDocument, IAsyncEnumerable<SpecFinding>> Check)
{
    public static SpecRule Of(string name, Func<SpecDocument, IEnumerable<SpecFinding>> check) => new(name, spec => check(spec).ToAsyncEnumerable());

    public override string ToString() => Name;
}
