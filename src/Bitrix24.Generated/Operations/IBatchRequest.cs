namespace Bitrix24.Operations;

/// <summary>Represents a request that calls other methods.</summary>
internal interface IBatchRequest
{
    /// <summary>Returns the method that each command calls, by the key of the command.</summary>
    IReadOnlyDictionary<string, string> Methods();
}
