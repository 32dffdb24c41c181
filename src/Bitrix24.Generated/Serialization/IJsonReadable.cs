namespace Bitrix24.Serialization;

/// <summary>Represents a type that reads itself from a response. The implementations are generated.</summary>
internal interface IJsonReadable
{
    /// <summary>Reads the members. The reader is at the start of the object.</summary>
    void Read(ResponseReader json);
}
