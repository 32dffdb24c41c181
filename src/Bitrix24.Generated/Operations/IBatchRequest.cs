namespace Bitrix24.Operations;

/// <summary>A request that calls other methods.</summary>
internal interface IBatchRequest
{
    /// <summary>Returns the method that each command calls, by the keys of the commands.</summary>
    IReadOnlyDictionary<string, string> Methods();
}
