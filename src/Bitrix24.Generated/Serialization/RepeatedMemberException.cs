using System.Diagnostics.CodeAnalysis;
using Newtonsoft.Json;

namespace Bitrix24.Serialization;

/// <summary>An object of a response gives a member twice: either value may be the wrong one.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "It says one thing.")]
[SuppressMessage("Design", "CA1064:Exceptions should be public", Justification = "The client replaces it by an exception of its own.")]
internal sealed class RepeatedMemberException() : JsonReaderException("An object gives a member twice.");
