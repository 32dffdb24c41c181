namespace Bitrix24.Benchmarks;

/// <summary>Represents a scenario to measure.</summary>
/// <param name="Ids">The number of ids in a call list.</param>
/// <param name="InFlight">The number of concurrent calls.</param>
/// <param name="Calls">The number of calls in one measurement.</param>
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
