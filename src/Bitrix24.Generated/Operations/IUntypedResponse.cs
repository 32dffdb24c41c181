namespace Bitrix24.Operations;

/// <summary>A response whose result has a type of the caller. If the result does not fit it, the portal has executed the call all the same.</summary>
internal interface IUntypedResponse
{
    Type ResultType { get; }
}
