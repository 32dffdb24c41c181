namespace Bitrix24;

/// <summary>The versions of the Bitrix24 REST API. They have different addresses and different methods.</summary>
public enum ApiVersion
{
    /// <summary>REST 2, at <c>https://{portal}/rest/</c>.</summary>
    Rest2,

    /// <summary>REST 3.0, at <c>https://{portal}/rest/api/</c>.</summary>
    Rest3,
}
