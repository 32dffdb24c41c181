using System.Text;

namespace Bitrix24.Serialization;

/// <summary>Caches member names, so that they are not allocated for each response. Reads take no lock.</summary>
internal static class KnownNames
{
    private static readonly Entry?[] Buckets = new Entry?[512];

    internal static void Add(string name)
    {
        var utf8 = Encoding.UTF8.GetBytes(name);
        ref var bucket = ref Buckets[BucketOf(utf8)];
        lock (Buckets)
        {
            if (Find(utf8) is null)
            {
                Volatile.Write(ref bucket, new Entry(utf8, name, bucket));
            }
        }
    }

    internal static string? Find(ReadOnlySpan<byte> utf8)
    {
        for (var entry = Volatile.Read(ref Buckets[BucketOf(utf8)]); entry is not null; entry = entry.Next)
        {
            if (utf8.SequenceEqual(entry.Utf8))
            {
                return entry.Name;
            }
        }

        return null;
    }

    private static int BucketOf(ReadOnlySpan<byte> utf8) =>
        utf8.IsEmpty ? 0 : ((utf8[0] * 31) + (utf8[utf8.Length / 2] * 7) + utf8[utf8.Length - 1] + utf8.Length) & (Buckets.Length - 1);

    private sealed class Entry(byte[] utf8, string name, Entry? next)
    {
        public byte[] Utf8 { get; } = utf8;

        public string Name { get; } = name;

        public Entry? Next { get; } = next;
    }
}
