namespace Bitrix24.Serialization;

/// <summary>A type that reads itself out of an answer; the implementations are generated.</summary>
internal interface IJsonReadable
{
    /// <summary>Reads its members; the reader stands on the start of the object.</summary>
    void Read(ResponseReader json);
}
