using Bitrix24.Validation;

namespace Bitrix24.Batches;

/// <summary>Checks the calls of a group, which are sent together or not at all.</summary>
internal static class CallGroup
{
    internal static int LengthOf(IEnumerable<PendingCall> calls) => calls.Sum(call => call.Command?.Length ?? 0);

    /// <returns>The reason why the group cannot be sent; <see langword="null"/> if it can.</returns>
    internal static ArgumentException? FlawOf(IReadOnlyList<PendingCall> calls)
    {
        if (calls.Any(call => call.ValidationError is not null))
        {
            return Invalid("another call of its group is invalid.");
        }

        if (calls.Any(call => call.StandaloneCall is not null) || LengthOf(calls) > PendingCall.MaxBatchLength)
        {
            return Invalid("its group has a call that does not fit into a batch. Send that call outside of the group.");
        }

        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var call in calls)
        {
            if (call.References.FirstOrDefault(reference => !keys.Contains(reference)) is { } missing)
            {
                return Invalid($"a call of its group refers to the result of '{missing}', which is not an earlier call of the group.");
            }

            if (call.Key is not null && !keys.Add(call.Key))
            {
                return Invalid($"its group has two calls with the key '{call.Key}'.");
            }
        }

        return null;
    }

    private static ArgumentException Invalid(string message) => RequestValidation.InvalidArgument(message, "calls");
}
