namespace Bitrix24;

/// <summary>The constraints that a schema of the spec can put on a request. Generated code calls them.</summary>
internal static class RequestCheck
{
    internal static void Required(object? value, string property)
    {
        if (value is null)
        {
            throw Refused($"{property} is not set.");
        }
    }

    internal static void Minimum(long? value, long minimum, string property)
    {
        if (value < minimum)
        {
            throw Refused($"{property} is {value}; the least is {minimum}. Leave it unset where there is none.");
        }
    }

    internal static void MinimumCount<T>(IReadOnlyCollection<T> values, int minimum, string property)
    {
        if (values.Count < minimum)
        {
            throw Refused($"{property} holds {values.Count} values; the least is {minimum}.");
        }
    }

    internal static void ItemMinimum(IReadOnlyList<long> values, long minimum, string property)
    {
        for (var index = 0; index < values.Count; index++)
        {
            if (values[index] < minimum)
            {
                throw Refused($"{property}[{index}] is {values[index]}; the least is {minimum}.");
            }
        }
    }

    internal static void Unique<T>(IReadOnlyList<T> values, string property)
    {
        if (values.Count < 2)
        {
            return;
        }

        var seen = new HashSet<T>();
        for (var index = 0; index < values.Count; index++)
        {
            if (!seen.Add(values[index]))
            {
                throw Refused($"{property}[{index}] repeats {values[index]}; each value may be given only once.");
            }
        }
    }

    private static ArgumentException Refused(string message, string parameter = "request") => new(message, parameter);
}
