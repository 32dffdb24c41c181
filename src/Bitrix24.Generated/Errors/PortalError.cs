namespace Bitrix24.Errors;

/// <summary>The error members of an answer, as received.</summary>
/// <param name="Code">The member <c>error</c> as text; <see langword="null"/> when it is neither text nor number.</param>
/// <param name="Description">The member <c>error_description</c>; <see langword="null"/> when it is missing or no text.</param>
/// <param name="HasResult">Whether a result stands beside the error: then the call has run, whatever the code says.</param>
internal readonly record struct PortalError(string? Code, string? Description, bool HasResult);
