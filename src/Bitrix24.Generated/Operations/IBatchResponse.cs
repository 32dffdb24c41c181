namespace Bitrix24.Operations;

/// <summary>Represents a response with the outcomes of several commands.</summary>
internal interface IBatchResponse
{
    /// <summary>Returns the keys of the commands that the portal rejected because their method has no execution time left.</summary>
    IEnumerable<string> KeysWithoutExecutionTime();

    /// <summary>Removes secrets from the errors of the commands.</summary>
    void Redact(Func<string?, string?> redact);
}
