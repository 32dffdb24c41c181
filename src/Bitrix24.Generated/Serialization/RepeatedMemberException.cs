using System.Diagnostics.CodeAnalysis;
using Newtonsoft.Json;

namespace Bitrix24.Serialization;

/// <summary>
/// The exception that is thrown when an object of a response repeats a member, because it is unknown which value is valid.
/// </summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "The message is fixed.")]
[SuppressMessage("Design", "CA1064:Exceptions should be public", Justification = "The client replaces it with a public exception.")]
internal sealed class RepeatedMemberException() : JsonReaderException("An object repeats a member.");
