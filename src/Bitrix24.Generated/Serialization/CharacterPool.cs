using System.Buffers;
using Newtonsoft.Json;

namespace Bitrix24;

/// <summary>Lends characters to JSON readers. Cleared: the next to rent them must not find an answer in them.</summary>
internal sealed class CharacterPool : IArrayPool<char>
{
    internal static CharacterPool Instance { get; } = new();

    public char[] Rent(int minimumLength) => ArrayPool<char>.Shared.Rent(minimumLength);

    public void Return(char[]? array)
    {
        if (array is not null)
        {
            ArrayPool<char>.Shared.Return(array, clearArray: true);
        }
    }
}
