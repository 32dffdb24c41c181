namespace Bitrix24.Errors;

/// <summary>Represents the data that all errors of a call share.</summary>
/// <param name="Method">The name of the method on the wire.</param>
/// <param name="Attempts">The number of attempts so far.</param>
/// <param name="UnknownOutcomeHint">The advice for a caller if it is unknown whether the portal executed the call.</param>
/// <param name="Redact">Removes the secrets of the call from a text.</param>
internal readonly record struct ErrorContext(string Method, int Attempts, string? UnknownOutcomeHint, Func<string?, string?> Redact)
{
    /// <summary>Gets whether executing the call twice has the same effect as executing it once.</summary>
    public bool IsIdempotent { get; init; }

    /// <summary>Gets the clause of a message for an unknown outcome.</summary>
    public string Doubt { get; init; } = "it is unknown whether the portal executed the call";

    /// <summary>Gets the name of the time limit of the request in a message.</summary>
    public string TimeLimit { get; init; } = "the attempt timeout";

    /// <summary>Returns a sentence that states the method, the error and, if it is unknown, the outcome.</summary>
    public string Sentence(string error, CallExecution execution)
    {
        var outcome = execution == CallExecution.NotExecuted ? string.Empty
            : IsIdempotent ? "; it is safe to send the call again"
            : UnknownOutcomeHint is null ? $"; {Doubt}"
            : $"; {Doubt}: {UnknownOutcomeHint}";
        return $"{Method} failed: {error}{outcome}.";
    }
}
