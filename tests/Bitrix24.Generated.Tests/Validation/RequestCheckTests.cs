namespace Bitrix24.Tests;

/// <summary>What generated code checks, with all types that a schema can have.</summary>
public sealed class RequestCheckTests
{
    [Fact]
    public void Bounds_themselves_are_allowed_and_what_is_not_set_is_not_looked_at()
    {
        RequestCheck.Required(string.Empty, "P");
        RequestCheck.Minimum(1, 1, "P");
        RequestCheck.Minimum((long?)1, 1, "P");
        RequestCheck.Minimum((double?)null, 1, "P");
        RequestCheck.MinimumCount<int>(null, 1, "P");
        RequestCheck.MinimumCount([1, 2], 2, "P");
        RequestCheck.MaximumCount<int>(null, 1, "P");
        RequestCheck.MaximumCount([1, 2], 2, "P");
        RequestCheck.ItemMinimum(null, 1, "P");
        RequestCheck.ItemMinimum([1L, 2], 1, "P");
        RequestCheck.ItemMinimum<int>(null, 1, "P");
        RequestCheck.ItemMinimum<int>([1, 2], 1, "P");
        RequestCheck.Unique(null, "P");
        RequestCheck.Unique([1L, 2, 3], "P");
        RequestCheck.Unique<string>(null, "P");
        RequestCheck.Unique<string>(["a"], "P");
        RequestCheck.Unique<string>(["a", "b", "A"], "P");
    }

    [Fact]
    public void What_is_out_of_bounds_is_named()
    {
        Refused("P is not set.", () => RequestCheck.Required(null, "P"));
        Refused("P is 0.5; the least is 1.", () => RequestCheck.Minimum(0.5, 1, "P"));
        Refused("P is 0; the least is 1. Leave it unset where there is none.", () => RequestCheck.Minimum((long?)0, 1, "P"));
        Refused("P holds 1 values; the least is 2.", () => RequestCheck.MinimumCount([1], 2, "P"));
        Refused("P holds 3 values; the most is 2.", () => RequestCheck.MaximumCount([1, 2, 3], 2, "P"));
        Refused("P[1] is 0; the least is 1.", () => RequestCheck.ItemMinimum([1L, 0, -1], 1, "P"));
        Refused("P[1] is 0.5; the least is 1.", () => RequestCheck.ItemMinimum<double>([1, 0.5, 0], 1, "P"));
        Refused("P[2] repeats 1; each value may be given only once.", () => RequestCheck.Unique([1L, 2, 1], "P"));
        Refused("P[1] repeats a; each value may be given only once.", () => RequestCheck.Unique<string>(["a", "a", "b", "b"], "P"));
    }

    [Fact]
    public void Repetitions_are_found_wherever_they_are_in_lists_of_any_size_and_order()
    {
        var random = new Random(5);
        foreach (var size in new[] { 0, 1, 2, 3, 10, 1000, 30_000, 50_000 })
        {
            long[] shuffled = [.. Enumerable.Range(1, size).Select(id => (long)id * 1024)];
            Assert.Equal(-1, Repetition.Find(shuffled));
            random.Shuffle(shuffled);
            Assert.Equal(-1, Repetition.Find(shuffled));
            if (size > 1)
            {
                var first = random.Next(size - 1);
                var second = random.Next(first + 1, size);
                shuffled[second] = shuffled[first];
                Assert.Equal(second, Repetition.Find(shuffled));
            }
        }

        Assert.Equal(1, Repetition.Find([7, 7]));
        Assert.Equal(3, Repetition.Find([long.MaxValue, long.MinValue, 0, long.MinValue]));
    }

    private static void Refused(string message, Action check)
    {
        var exception = Assert.Throws<ArgumentException>("request", check);
        Assert.StartsWith(message, exception.Message, StringComparison.Ordinal);
    }
}
