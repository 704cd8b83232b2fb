"""Operations made of modules, run alone or with a partner; participations; the partner's share."""
