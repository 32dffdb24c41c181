namespace Bitrix24.Benchmarks;

/// <summary>What is measured.</summary>
/// <param name="Ids">How many ids a call list has.</param>
/// <param name="InFlight">How many calls are made at the same time.</param>
/// <param name="Calls">How many calls make one measurement.</param>
internal sealed record Scenario(int Ids, int InFlight, int Calls)
{
    internal static Scenario[] All { get; } =
    [
        new(3, 1, 2000),
        new(10_000, 1, 400),
        new(3, 16, 3200),
        new(10_000, 16, 480),
    ];

    internal IReadOnlyList<long> MakeIds() => [.. Enumerable.Range(100_001, Ids).Select(id => (long)id)];

    public override string ToString() => $"{Ids} ids, {(InFlight == 1 ? "one after the other" : $"{InFlight} at once")}";
}
