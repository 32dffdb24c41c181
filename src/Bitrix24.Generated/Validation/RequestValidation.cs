using Bitrix24.Serialization;

namespace Bitrix24.Validation;

/// <summary>Checks the constraints of the schemas of the spec. Generated code calls these methods.</summary>
internal static class RequestValidation
{
    internal static void Required(object? value, string property)
    {
        if (value is null)
        {
            throw InvalidArgument($"{property} is not set.");
        }
    }

    internal static void Minimum<T>(T value, T minimum, string property)
        where T : struct, IComparable<T>
    {
        if (value.CompareTo(minimum) < 0)
        {
            throw InvalidArgument(FormattableString.Invariant($"{property} is {value}; the minimum is {minimum}."));
        }
    }

    internal static void Minimum<T>(T? value, T minimum, string property)
        where T : struct, IComparable<T>
    {
        if (value is { } given && given.CompareTo(minimum) < 0)
        {
            throw InvalidArgument(FormattableString.Invariant(
                $"{property} is {given}; the minimum is {minimum}. Do not set it if there is none."));
        }
    }

    internal static void MinimumCount<T>(IReadOnlyCollection<T>? values, int minimum, string property)
    {
        if (values is not null && values.Count < minimum)
        {
            throw InvalidArgument(FormattableString.Invariant($"{property} contains {values.Count} values; the minimum is {minimum}."));
        }
    }

    internal static void MaximumCount<T>(IReadOnlyCollection<T>? values, int maximum, string property)
    {
        if (values is not null && values.Count > maximum)
        {
            throw InvalidArgument(FormattableString.Invariant($"{property} contains {values.Count} values; the maximum is {maximum}."));
        }
    }

    internal static void ItemMinimum(IReadOnlyList<long>? values, long minimum, string property)
    {
        if (values is null)
        {
            return;
        }

        using var integers = new Int64Span(values);
        for (var index = 0; index < integers.Span.Length; index++)
        {
            if (integers.Span[index] < minimum)
            {
                throw TooSmall(property, index, integers.Span[index], minimum);
            }
        }
    }

    internal static void ItemMinimum<T>(IReadOnlyList<T>? values, T minimum, string property)
        where T : IComparable<T>
    {
        for (var index = 0; index < values?.Count; index++)
        {
            if (values[index].CompareTo(minimum) < 0)
            {
                throw TooSmall(property, index, values[index], minimum);
            }
        }
    }

    internal static void Unique(IReadOnlyList<long>? values, string property)
    {
        if (values is null)
        {
            return;
        }

        using var integers = new Int64Span(values);
        if (DuplicateFinder.IndexOfFirstDuplicate(integers.Span) is >= 0 and var index)
        {
            throw Repeated(property, index, integers.Span[index]);
        }
    }

    internal static void Unique<T>(IReadOnlyList<T>? values, string property)
    {
        if (values is null || values.Count < 2)
        {
            return;
        }

        var seen = new HashSet<T>();
        for (var index = 0; index < values.Count; index++)
        {
            if (!seen.Add(values[index]))
            {
                throw Repeated(property, index, values[index]);
            }
        }
    }

    private static ArgumentException TooSmall<T>(string property, int index, T value, T minimum) =>
        InvalidArgument(FormattableString.Invariant($"{property}[{index}] is {value}; the minimum is {minimum}."));

    private static ArgumentException Repeated<T>(string property, int index, T value) =>
        InvalidArgument(FormattableString.Invariant($"{property}[{index}] repeats {value}. Remove the duplicate."));

    internal static ArgumentException InvalidArgument(string message, string parameter = "request") => new(message, parameter);
}
