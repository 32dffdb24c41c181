namespace Bitrix24.Specs;

/// <summary>Represents a problem in the document.</summary>
/// <param name="Path">The keys that lead to the place, as far as they are known.</param>
/// <param name="Problem">The problem.</param>
/// <param name="Remedy">How to correct it.</param>
internal sealed record SpecFinding(string[] Path, string Problem, string Remedy)
{
    /// <summary>Gets the name of the rule that found the problem.</summary>
    public string Rule { get; init; } = string.Empty;

    /// <summary>Gets the file. Empty until <see cref="SpecLint"/> sets it.</summary>
    public string File { get; init; } = string.Empty;

    /// <summary>Gets the line number from 1, or <see langword="null"/> if it is not known. A rule sets the line of the bundle.</summary>
    public int? Line { get; init; }

    /// <summary>Gets the method or component with the problem.</summary>
    public string Place => Path switch
    {
        ["paths", var path, ..] => path.TrimStart('/'),
        ["components", _, var name, ..] => name,
        [var key, ..] => key,
        _ => "the document",
    };

    public static SpecFinding InOperation(string method, string problem, string remedy) => new(["paths", "/" + method], problem, remedy);

    public static SpecFinding InSchema(string schema, string problem, string remedy) =>
        new(["components", "schemas", schema], problem, remedy);

    public static SpecFinding InExample(string example, string problem, string remedy) =>
        new(["components", "examples", example], problem, remedy);

    public string Sentence() => Line is { } line
        ? FormattableString.Invariant($"{File}({line}): {Place}: {Problem} {Remedy} [{Rule}]")
        : $"{File}: {Place}: {Problem} {Remedy} [{Rule}]";
}
