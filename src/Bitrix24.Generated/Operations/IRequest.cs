using Bitrix24.Serialization;

namespace Bitrix24.Operations;

/// <summary>What a method is called with; the implementations are generated.</summary>
internal interface IRequest
{
    /// <summary>Throws an <see cref="ArgumentException"/> when the request cannot be right.</summary>
    void Validate();

    /// <summary>Writes its members.</summary>
    void Write(RequestWriter json);
}
