#pragma once

#include "host/images/picture.hpp"

/// EXIF that says that the picture is turned, XMP with a letter beyond ASCII, and a colour profile.
dae::Metadata all_metadata();
