namespace Bitrix24.Errors;

/// <summary>Represents the error members of a response, as received.</summary>
/// <param name="Code">The member <c>error</c> as text; <see langword="null"/> if it is neither a string nor a number.</param>
/// <param name="Description">The member <c>error_description</c>; <see langword="null"/> if it is missing or not a string.</param>
/// <param name="HasResult">Whether the response also holds a result. Then the portal executed the call, regardless of the code.</param>
internal readonly record struct PortalError(string? Code, string? Description, bool HasResult);
