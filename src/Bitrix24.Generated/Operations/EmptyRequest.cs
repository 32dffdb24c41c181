using Bitrix24.Serialization;

namespace Bitrix24.Operations;

/// <summary>Represents the request of a method without parameters.</summary>
internal sealed class EmptyRequest : IRequest
{
    public static EmptyRequest Instance { get; } = new();

    public void Validate()
    {
    }

    public void Write(RequestWriter json)
    {
    }
}
