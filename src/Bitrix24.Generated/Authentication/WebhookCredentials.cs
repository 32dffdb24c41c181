using System.Diagnostics;
using Bitrix24.Validation;

namespace Bitrix24.Authentication;

/// <summary>An incoming webhook. Its secret code is a part of the path.</summary>
internal sealed class WebhookCredentials : CredentialScheme
{
    internal const string Form = "https://{portal}/rest/{user id}/{webhook code}/";

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string code;

    private readonly string userId;

    private WebhookCredentials(Uri portalUrl, string userId, string code)
        : base(portalUrl)
    {
        this.userId = userId;
        this.code = code;
    }

    private protected override IEnumerable<string> GetSecrets() => [code];

    public override string ToString() => $"Webhook of user {userId} at {PortalUrl}";

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    internal override string ChargedTo => $"{PortalUri.KeyOf(PortalUrl)}/{userId}/{code}";

    internal override string MethodPath(string root, string method) => $"{root}{userId}/{code}/{method}";

    /// <exception cref="FormatException">The text is not the address of a webhook.</exception>
    internal static WebhookCredentials Parse(string text)
    {
        var uri = PortalUri.Parse(text, "The webhook URL", Form);
        var segments = uri.AbsolutePath.Trim('/').Split('/');
        if (segments.Length != 3 || segments[0] != "rest" || !IsNumber(segments[1]) || !IsCode(segments[2]))
        {
            throw new FormatException($"The webhook URL does not have the form {Form}, without the name of a method.");
        }

        return new WebhookCredentials(PortalUri.Origin(uri), segments[1], segments[2]);
    }

    private static bool IsNumber(string text) => text.Length > 0 && text.All(character => character is >= '0' and <= '9');

    private static bool IsCode(string text) => text.Length > 0 && text.All(IsCodeCharacter);

    private static bool IsCodeCharacter(char character) =>
        character is (>= '0' and <= '9') or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or '_' or '-';
}
