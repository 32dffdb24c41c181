namespace Bitrix24.Serialization;

/// <summary>An enum that a portal may extend; the implementations are generated.</summary>
internal interface IOpenEnum
{
    /// <summary>The value on the wire.</summary>
    string Value { get; }
}
