using Bitrix24.Validation;

namespace Bitrix24.Batches;

/// <summary>Divides calls into batches, in their order.</summary>
internal sealed class BatchBuilder(int batchSize)
{
    private List<PendingCall> batch = new(batchSize);
    private List<PendingCall> group = [];
    private string? oversizedGroup;
    private int length;

    /// <summary>Gets a value indicating whether calls wait for others. A group that is not complete waits in any case.</summary>
    internal bool CanFlush => batch.Count > 0;

    /// <summary>Adds a call and returns the batches that are full by it.</summary>
    internal IEnumerable<CallBatch> Add(PendingCall call)
    {
        if (group.Count > 0 && group[0].Group != call.Group)
        {
            foreach (var full in CloseGroup())
            {
                yield return full;
            }
        }

        oversizedGroup = call.Group == oversizedGroup ? oversizedGroup : null;
        if (call.Group is null || oversizedGroup is not null)
        {
            foreach (var full in Place(oversizedGroup is null ? call : call.Invalid(TooManyCalls())))
            {
                yield return full;
            }

            yield break;
        }

        group.Add(call);
        if (group.Count > batchSize)
        {
            oversizedGroup = call.Group;
            foreach (var full in PlaceAll(TakeGroup().ConvertAll(member => member.Invalid(TooManyCalls()))))
            {
                yield return full;
            }
        }
    }

    /// <summary>Returns the remaining calls.</summary>
    internal IEnumerable<CallBatch> Complete()
    {
        foreach (var full in CloseGroup())
        {
            yield return full;
        }

        if (CanFlush)
        {
            yield return Flush();
        }
    }

    /// <summary>Returns the calls that wait for others.</summary>
    internal CallBatch Flush()
    {
        var full = new CallBatch(batch);
        (batch, length) = (new List<PendingCall>(batchSize), 0);
        return full;
    }

    private IEnumerable<CallBatch> PlaceAll(IEnumerable<PendingCall> calls) => calls.SelectMany(Place);

    private IEnumerable<CallBatch> Place(PendingCall call)
    {
        var added = call.Command?.Length ?? 0;
        if (CanFlush && (length + added > PendingCall.MaxBatchLength || call.StandaloneCall is not null))
        {
            yield return Flush();
        }

        batch.Add(call);
        length += added;
        if (call.StandaloneCall is not null || batch.Count == batchSize)
        {
            yield return Flush();
        }
    }

    private IEnumerable<CallBatch> CloseGroup()
    {
        if (group.Count == 0)
        {
            yield break;
        }

        var calls = TakeGroup();
        if (CallGroup.FlawOf(calls) is { } flaw)
        {
            foreach (var full in PlaceAll(calls.ConvertAll(call => call.ValidationError is null ? call.Invalid(flaw) : call)))
            {
                yield return full;
            }

            yield break;
        }

        var hasReferences = calls.Exists(call => call.References.Count > 0);
        if (
            CanFlush
            && (hasReferences || batch.Count + calls.Count > batchSize || length + CallGroup.LengthOf(calls) > PendingCall.MaxBatchLength)
        )
        {
            yield return Flush();
        }

        if (hasReferences)
        {
            yield return new CallBatch(calls, HasReferences: true);
            yield break;
        }

        foreach (var full in PlaceAll(calls))
        {
            yield return full;
        }
    }

    private List<PendingCall> TakeGroup()
    {
        var calls = group;
        group = [];
        return calls;
    }

    private ArgumentException TooManyCalls() =>
        RequestValidation.InvalidArgument(
            FormattableString.Invariant($"its group has more than {batchSize} calls, the size of a batch. Divide the group."),
            "calls"
        );
}
