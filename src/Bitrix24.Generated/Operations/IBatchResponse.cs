namespace Bitrix24.Operations;

/// <summary>A response with the outcomes of several commands.</summary>
internal interface IBatchResponse
{
    /// <summary>Returns the keys of the commands that the portal refused because their method has no execution time left.</summary>
    IEnumerable<string> KeysWithoutExecutionTime();

    /// <summary>Removes secrets from what the portal says about commands that failed.</summary>
    void Redact(Func<string?, string?> redact);
}
