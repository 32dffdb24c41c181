using Bitrix24.Serialization;

namespace Bitrix24.Operations;

/// <summary>What a method answers; the implementations are generated.</summary>
internal interface IResponse : IJsonReadable
{
    /// <summary>How long the portal took.</summary>
    ResponseTime? Time { get; }
}
