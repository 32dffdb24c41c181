namespace Bitrix24.Serialization;

/// <summary>Represents an enum that a portal can extend. The implementations are generated.</summary>
internal interface IOpenEnum
{
    /// <summary>Gets the value on the wire.</summary>
    string Value { get; }
}
