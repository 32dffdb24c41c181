using Bitrix24.Serialization;

namespace Bitrix24.Operations;

/// <summary>What a method without parameters is called with.</summary>
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
