namespace Bitrix24.Errors;

/// <summary>What every failure of a call has in common.</summary>
/// <param name="Method">Name of the method on the wire.</param>
/// <param name="Attempts">How often the call was tried so far.</param>
/// <param name="UnknownOutcomeHint">What to do when it is not known whether the call ran.</param>
/// <param name="Redact">Takes the secrets of the call out of a text.</param>
internal readonly record struct ErrorContext(string Method, int Attempts, string? UnknownOutcomeHint, Func<string?, string?> Redact)
{
    /// <summary>Gets a value indicating whether running the call twice is the same as running it once.</summary>
    public bool IsIdempotent { get; init; }

    /// <summary>Gets what a message says when the outcome is unknown.</summary>
    public string Doubt { get; init; } = "it is not known whether the call ran";

    /// <summary>Gets what a message calls the time limit of the request.</summary>
    public string TimeLimit { get; init; } = "the attempt timeout";

    /// <summary>One sentence that says what failed, why, and whether the call ran.</summary>
    public string Sentence(string what, CallExecution execution)
    {
        var unknown = execution == CallExecution.NotExecuted ? string.Empty
            : IsIdempotent ? "; it is safe to make the call again"
            : UnknownOutcomeHint is null ? $"; {Doubt}"
            : $"; {Doubt}: {UnknownOutcomeHint}";
        return $"{Method} failed: {what}{unknown}.";
    }
}
