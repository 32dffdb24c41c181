using Bitrix24.Serialization;

namespace Bitrix24.Operations;

/// <summary>Represents the request of a method. The implementations are generated.</summary>
internal interface IRequest
{
    /// <summary>Validates the request.</summary>
    /// <exception cref="ArgumentException">The request is invalid.</exception>
    void Validate();

    /// <summary>Writes the members of the request.</summary>
    void Write(RequestWriter json);
}
