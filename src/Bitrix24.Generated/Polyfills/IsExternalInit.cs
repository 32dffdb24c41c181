#if !NET
namespace System.Runtime.CompilerServices;

/// <summary>Provides a type that the compiler requires and that .NET contains.</summary>
internal static class IsExternalInit;
#endif
