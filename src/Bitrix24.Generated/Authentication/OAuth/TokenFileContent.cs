using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Bitrix24.Serialization;
using Newtonsoft.Json;

namespace Bitrix24.Authentication;

/// <summary>The content of a token file: a pair of tokens, and a hash that shows whether the file was written completely.</summary>
internal sealed class TokenFileContent
{
    /// <summary>
    /// The size that a file is padded to with blanks. Overwriting it with as many bytes takes a single write and no more disk space.
    /// </summary>
    internal const int FileSize = 4096;

    /// <summary>The content of a file that does not exist, or that an administrator created blank.</summary>
    private static readonly TokenFileContent Empty = new();

    /// <summary>Gets or sets the hash of the other members; absent in a file that was written by hand.</summary>
    [JsonProperty("check", NullValueHandling = NullValueHandling.Ignore)]
    public string? Check { get; set; }

    [JsonProperty("access_token")]
    public string? AccessToken { get; set; }

    [JsonProperty("refresh_token")]
    public string? RefreshToken { get; set; }

    [JsonProperty("expires_at", NullValueHandling = NullValueHandling.Ignore)]
    [JsonConverter(typeof(LenientScalarConverter))]
    public DateTimeOffset? ExpiresAt { get; set; }

    /// <summary>Gets or sets the hash of the content that this one replaced.</summary>
    [JsonProperty("replaces", NullValueHandling = NullValueHandling.Ignore)]
    public string? Replaces { get; set; }

    /// <summary>Gets the pair; <see langword="null"/> when there is none.</summary>
    [JsonIgnore]
    public Bitrix24Token? Token =>
        IsEmpty ? null : new() { AccessToken = AccessToken!, RefreshToken = RefreshToken!, ExpiresAt = ExpiresAt };

    [JsonIgnore]
    public bool IsEmpty => AccessToken is null;

    private bool IsWhole => Check is null || Check == Hash();

    /// <summary>Creates the content that replaces another.</summary>
    /// <param name="token">The new pair.</param>
    /// <param name="current">The other content; <see langword="null"/> when it cannot be read.</param>
    internal static TokenFileContent Of(Bitrix24Token token, TokenFileContent? current)
    {
        var content = new TokenFileContent
        {
            AccessToken = token.AccessToken,
            RefreshToken = token.RefreshToken,
            ExpiresAt = token.ExpiresAt,
            Replaces = current?.Hash(),
        };
        content.Check = content.Hash();
        return content;
    }

    /// <summary>Reads a file.</summary>
    /// <returns>The content; <see langword="null"/> when it is not a complete pair.</returns>
    internal static TokenFileContent? Read(string path)
    {
        if (!File.Exists(path))
        {
            return Empty;
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var text = reader.ReadToEnd();
        if (string.IsNullOrWhiteSpace(text))
        {
            return Empty;
        }

        try
        {
            using var json = Json.Reader(new StringReader(text));
            var content = Json.Serializer.Deserialize<TokenFileContent>(json);
            return content is { AccessToken.Length: > 0, RefreshToken.Length: > 0 } && content.IsWhole ? content : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Returns whether this content was written to replace the current one, or the current one is incomplete.</summary>
    internal bool Follows(TokenFileContent? current) => current is null || Replaces is null || Replaces == current.Hash();

    internal byte[] ToBytes()
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        Json.Serializer.Serialize(text, this);
        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        return [.. bytes, .. Blanks(Math.Max(0, FileSize - bytes.Length))];
    }

    internal static byte[] Blanks(int count)
    {
        var blanks = new byte[count];
        for (var index = 0; index < count; index++)
        {
            blanks[index] = (byte)' ';
        }

        return blanks;
    }

    private string Hash()
    {
        var expiresAt = ExpiresAt?.UtcTicks.ToString(CultureInfo.InvariantCulture);
        var bytes = Encoding.UTF8.GetBytes(string.Join("\n", AccessToken, RefreshToken, expiresAt, Replaces));
#if NET
        return Convert.ToBase64String(SHA256.HashData(bytes));
#else
        using var sha = SHA256.Create();
        return Convert.ToBase64String(sha.ComputeHash(bytes));
#endif
    }
}
