namespace Bitrix24.Tests;

/// <summary>Tests generated validation with all types that a schema can have.</summary>
public sealed class RequestValidationTests
{
    [Fact]
    public void Limits_are_inclusive_and_unset_properties_are_ignored()
    {
        RequestValidation.Required(string.Empty, "P");
        RequestValidation.Minimum(1, 1, "P");
        RequestValidation.Minimum((long?)1, 1, "P");
        RequestValidation.Minimum((double?)null, 1, "P");
        RequestValidation.MinimumCount<int>(null, 1, "P");
        RequestValidation.MinimumCount([1, 2], 2, "P");
        RequestValidation.MaximumCount<int>(null, 1, "P");
        RequestValidation.MaximumCount([1, 2], 2, "P");
        RequestValidation.ItemMinimum(null, 1, "P");
        RequestValidation.ItemMinimum([1L, 2], 1, "P");
        RequestValidation.ItemMinimum<int>(null, 1, "P");
        RequestValidation.ItemMinimum<int>([1, 2], 1, "P");
        RequestValidation.Unique(null, "P");
        RequestValidation.Unique([1L, 2, 3], "P");
        RequestValidation.Unique<string>(null, "P");
        RequestValidation.Unique<string>(["a"], "P");
        RequestValidation.Unique<string>(["a", "b", "A"], "P");
    }

    [Fact]
    public void Properties_out_of_range_are_named()
    {
        InvalidArgument("P is not set.", () => RequestValidation.Required(null, "P"));
        InvalidArgument("P is 0.5; the minimum is 1.", () => RequestValidation.Minimum(0.5, 1, "P"));
        InvalidArgument("P is 0; the minimum is 1. Do not set it if there is none.", () => RequestValidation.Minimum((long?)0, 1, "P"));
        InvalidArgument("P contains 1 values; the minimum is 2.", () => RequestValidation.MinimumCount([1], 2, "P"));
        InvalidArgument("P contains 3 values; the maximum is 2.", () => RequestValidation.MaximumCount([1, 2, 3], 2, "P"));
        InvalidArgument("P[1] is 0; the minimum is 1.", () => RequestValidation.ItemMinimum([1L, 0, -1], 1, "P"));
        InvalidArgument("P[1] is 0.5; the minimum is 1.", () => RequestValidation.ItemMinimum<double>([1, 0.5, 0], 1, "P"));
        InvalidArgument("P[2] repeats 1. Remove the duplicate.", () => RequestValidation.Unique([1L, 2, 1], "P"));
        InvalidArgument("P[1] repeats a. Remove the duplicate.", () => RequestValidation.Unique<string>(["a", "a", "b", "b"], "P"));
    }

    [Fact]
    public void Duplicates_are_found_in_lists_of_any_size_and_order()
    {
        var random = new Random(5);
        foreach (var size in new[] { 0, 1, 2, 3, 10, 1000, 30_000, 50_000 })
        {
            long[] shuffled = [.. Enumerable.Range(1, size).Select(id => (long)id * 1024)];
            Assert.Equal(-1, DuplicateFinder.IndexOfFirstDuplicate(shuffled));
            random.Shuffle(shuffled);
            Assert.Equal(-1, DuplicateFinder.IndexOfFirstDuplicate(shuffled));
            if (size > 1)
            {
                var first = random.Next(size - 1);
                var second = random.Next(first + 1, size);
                shuffled[second] = shuffled[first];
                Assert.Equal(second, DuplicateFinder.IndexOfFirstDuplicate(shuffled));
            }
        }

        Assert.Equal(1, DuplicateFinder.IndexOfFirstDuplicate([7, 7]));
        Assert.Equal(3, DuplicateFinder.IndexOfFirstDuplicate([long.MaxValue, long.MinValue, 0, long.MinValue]));
    }

    private static void InvalidArgument(string message, Action check)
    {
        var exception = Assert.Throws<ArgumentException>("request", check);
        Assert.StartsWith(message, exception.Message, StringComparison.Ordinal);
    }
}
