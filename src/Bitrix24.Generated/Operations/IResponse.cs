using Bitrix24.Serialization;

namespace Bitrix24.Operations;

/// <summary>Represents the response of a method. The implementations are generated.</summary>
internal interface IResponse : IJsonReadable
{
    /// <summary>Gets the time that the portal took; <see langword="null"/> if it did not send it.</summary>
    ResponseTime? Time { get; }
}
